"""Why a plan's file cannot be read.

Invalid
├── PlanOldWord, PlanOtherFormat, PlanIsPicture   no format that is read: what to save it as
├── PlanProtected                                 a password keeps it shut
├── PlanScanned                                   a PDF of pictures: there are no letters in it
├── PlanDamaged                                   its parts do not hold together
└── PlanTooLarge, PlanTooManyPages                it unfolds to more than any plan
"""

from assets.errors import Invalid


class PlanOldWord(Invalid):
    """A file of Word 97-2003 (.doc)."""


class PlanOtherFormat(Invalid):
    """A format that is not read: a spreadsheet, an OpenDocument text, RTF."""


class PlanIsPicture(Invalid):
    """A photo or scan of the plan."""


class PlanProtected(Invalid):
    """A password keeps the file shut."""


class PlanScanned(Invalid):
    """The pages are pictures without text."""


class PlanDamaged(Invalid):
    """The file's parts do not hold together: a broken download, a cut copy."""


class PlanTooLarge(Invalid):
    """The file is larger than any plan, or unfolds to more."""


class PlanTooManyPages(Invalid):
    """A book, not a plan."""
