"""The company's own changes to the forms, and forms of its own, made into the catalogue in force."""
