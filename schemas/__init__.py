"""What the data is: records, their Arrow schemas and the data dictionary."""
