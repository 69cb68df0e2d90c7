"""ClickHouse's exceptions: their code, their text on the wire, the HTTP status the server gives each."""

import re

# The groups of the server's exceptionCodeToHTTPStatus.
_STATUS_OF_CODES = {
    401: {194},
    403: {192, 193, 516, 512},
    400: {36, 6, 25, 26, 38, 41, 72, 376, 441, 675, 676, 27, 427, 15, 44, 8, 165, 167, 168, 117, 53, 62, 321, 69, 70},
    404: {60, 46, 47, 50, 56, 81, 115, 142, 63, 73, 336, 78, 511},
    413: {66, 307},
    501: {48},
    503: {209, 76, 439},
    411: {381},
    408: {159},
}
_STATUS = {code: status for status, codes in _STATUS_OF_CODES.items() for code in codes}
_CODE = re.compile(r"Code: (\d+)\.")
# A failing INSERT arrives wrapped in the same exception once more.
_WRAPPED = re.compile(r"^Code: (\d+)\. DB::Exception: (Code: \1\. .*?) \(version [^)]*\)\. \([A-Z_0-9]+\)$", re.S)
_VERSION = re.compile(r" \(version [^)]*\)\s*$")


class ClickHouseException(Exception):
    """An exception as the server words it: `Code: 60. DB::Exception: … (UNKNOWN_TABLE) (version …)`."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code
        self.status = _STATUS.get(code, 500)

    @classmethod
    def of(cls, code, name, message):
        return cls(code, f"Code: {code}. DB::Exception: {message}. ({name})")

    @classmethod
    def from_engine(cls, text):
        inner = _VERSION.sub("", _WRAPPED.sub(r"\2", text))
        found = _CODE.match(inner)
        if found is None:
            return cls.of(1002, "UNKNOWN_EXCEPTION", inner)
        return cls(int(found.group(1)), inner)
