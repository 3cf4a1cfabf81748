"""Where the phone stamps a photo with when and where it was taken."""

STAMP_SHARE = 0.1
"""A stamp lies over the lowest tenth of a picture at most: what compares pictures leaves that out."""
