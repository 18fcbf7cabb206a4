"""Knowledge of Chinese and English: characters, names, numbers, glossary."""
