"""What we say of a sample. JSON is the report; the TSV row and the page only show it."""
