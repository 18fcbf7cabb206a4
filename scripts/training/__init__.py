"""The parts of the recipe that trains the bundled Chinese→English model, in the order they run.

recipe → corpus → vocabulary → alignment → preparation
       → batches → network → optimiser → workers → loop → export
"""
