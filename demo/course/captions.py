"""The captions of the demo's films and recordings."""

from demo.course.shapes import Cues

MITOSIS_EN: Cues = [
    (0, 5, "Before it divides, the cell has already copied all its DNA."),
    (5, 8.5, "Prophase. The threads coil up, shorter and thicker."),
    (8.5, 12, "Each chromosome is now two sisters, joined in the middle."),
    (12, 15.5, "Metaphase. Fibres from both poles take hold of them."),
    (15.5, 19, "They stand in one line: this is the moment of the last check."),
    (19, 22.5, "Anaphase. The glue between the sisters is cut, all at once."),
    (22.5, 26, "Each pole receives one complete set."),
    (26, 30, "Telophase. Two new envelopes close around the sets."),
    (30, 34, "And where there was one cell, there are two."),
]

MITOSIS_ES: Cues = [
    (0, 5, "Antes de dividirse, la célula ya ha copiado todo su ADN."),
    (5, 8.5, "Profase. Los hilos se enrollan, más cortos y más gruesos."),
    (8.5, 12, "Cada cromosoma son ahora dos hermanas, unidas en el centro."),
    (12, 15.5, "Metafase. Las fibras de ambos polos los sujetan."),
    (15.5, 19, "Se colocan en una línea: es el momento de la última revisión."),
    (19, 22.5, "Anafase. La unión entre las hermanas se corta de una vez."),
    (22.5, 26, "Cada polo recibe un juego completo."),
    (26, 30, "Telofase. Dos nuevas envolturas se cierran."),
    (30, 34, "Y donde había una célula, hay dos."),
]

INTERPHASE_EN: Cues = [
    (0, 6, "G1. The cell grows, and decides whether to divide at all."),
    (6, 13, "S. Every chromosome is copied, exactly once."),
    (13, 20, "G2. The copies are checked before anything moves."),
]

SPECTROGRAM_EN: Cues = [
    (0, 5, "Time runs from right to left; high notes stand high."),
    (5, 13, "The thin upright strokes are a warbler: many notes, very fast."),
    (13, 20, "The slow curves near the ground are a thrush, sliding down and up."),
    (20, 26, "And the glow at the very bottom is only wind."),
]
