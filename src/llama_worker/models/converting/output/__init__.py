"""The file of a conversion, written aside, tensor by tensor."""
