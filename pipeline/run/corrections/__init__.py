"""An editor's file: sorted, compared with its run, remembered, and the terms it suggests."""
