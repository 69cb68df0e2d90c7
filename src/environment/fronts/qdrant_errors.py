"""Errors in Qdrant's words and statuses."""


class QdrantError(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def wrong_input(message):
    return QdrantError(400, f"Wrong input: {message}")


def malformed(message):
    return QdrantError(400, f"Format error in JSON body: {message}")


def invalid(field, message):
    return QdrantError(422, f"Validation error in JSON body: [{field}: {message}]")


def not_found(message):
    return QdrantError(404, f"Not found: {message}")


def unsupported(what):
    return QdrantError(501, f"Not implemented: {what} is not part of the embedded front")


# What the engine says when the caller is at fault; anything else is the engine's own trouble.
_CALLER_FAULTS = (
    "expected",
    "not existing vector",
    "no range index",
    "index required",
    "invalid",
    "wrong input",
    "unsupported",
)


def from_engine(error):
    text = str(error)
    if isinstance(error, (ValueError, TypeError)) or any(fault in text.lower() for fault in _CALLER_FAULTS):
        return wrong_input(text)
    return QdrantError(500, f"Service internal error: {text}")
