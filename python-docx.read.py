import sys, docx
document = docx.Document(sys.argv[1])
texts = [paragraph.text for paragraph in document.paragraphs]
for table in document.tables:
    for row in table.rows:
        texts += [cell.text for cell in row.cells]
assert len(texts) > 5000