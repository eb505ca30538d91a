"""Labels of statements: claim type and check-worthiness, subjectivity, outlook, and surface form."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from schemas.records import ClaimType, Form, ModelName, Statement, Subjectivity
from transforms.form import form_of
from transforms.languages import is_english
from transforms.models.label_model import label_model

# In the order of the model's classes; ClaimBuster's terms (Arslan et al. 2020)
CLAIM_TYPES: tuple[ClaimType, ...] = ("non_factual", "unimportant_factual", "check_worthy_factual")
# What the classes' probabilities are multiplied by before the highest is taken: the rare class, and the one that is
# looked for, need less. Chosen among the best by macro-F1 on folds of ClaimBuster that were held back.
CLAIM_WEIGHTS = (1.0, 2.5, 2.5)
SUBJECTIVE_FROM = 0.5  # of subjectivity_score
FORWARD_LOOKING_FROM = 0.5  # of forward_looking_score
DIGITS = 4  # of a score
MAX_LABELLED = 5_000  # statements of an article; what some 2 CPU-seconds are enough for


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What is said of one statement; the fields are columns of `statements`."""

    claim_type: ClaimType
    check_worthiness: float
    subjectivity: Subjectivity
    subjectivity_score: float
    forward_looking: bool
    forward_looking_score: float
    form: Form


def label_texts(texts: Sequence[str], model: ModelName = "compact") -> list[Labels]:
    """Return the labels of each text, in order. The texts are English: nothing is known of other languages."""
    scores = label_model(model).score(texts)
    rows = zip(texts, scores.claim, scores.subjective, scores.forward_looking, strict=True)
    return [
        Labels(
            claim_type=CLAIM_TYPES[int((claim * CLAIM_WEIGHTS).argmax())],
            check_worthiness=round(float(claim[2]), DIGITS),
            subjectivity="subjective" if subjective >= SUBJECTIVE_FROM else "objective",
            subjectivity_score=round(float(subjective), DIGITS),
            forward_looking=bool(forward_looking >= FORWARD_LOOKING_FROM),
            forward_looking_score=round(float(forward_looking), DIGITS),
            form=form_of(text),
        )
        for text, claim, subjective, forward_looking in rows
    ]


def classify_statements(
    statements: Sequence[Statement], language: str | None, model: ModelName = "compact"
) -> list[Statement]:
    """Return the statements with their labels; in languages other than English, and beyond 5,000, they stay null."""
    if not is_english(language):
        return list(statements)
    labels = label_texts([statement.text for statement in statements[:MAX_LABELLED]], model)
    labelled = [replace(statement, **asdict(one)) for statement, one in zip(statements, labels, strict=False)]
    return [*labelled, *statements[MAX_LABELLED:]]
