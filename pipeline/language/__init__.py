"""What we know of Chinese and English: characters, names, glossary."""
