"""What a person does, one function for each act; reads as frozen values."""
