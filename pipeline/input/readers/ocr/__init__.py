"""Pages as OCR programs write them: JSON of MinerU and PaddleOCR, XML in ALTO and PAGE."""
