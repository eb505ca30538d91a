"""What is done to one document: pure functions from records to records, no I/O, no clock."""
