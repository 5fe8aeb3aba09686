"""Changing a workbook's package part by part, so that everything not concerned stays as its owner saved it."""
