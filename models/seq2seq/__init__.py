"""Encoder-decoders by transformers and CTranslate2."""
