"""The invented company 恒川环境工程有限公司: what its staff have written down by 2026-07-15."""
