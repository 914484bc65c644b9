import sys, docx
document = docx.Document()
for n in range(6000):
    document.add_paragraph(f'Jane Example{n} (MRN: {400000000 + n}) was seen on 03/{1 + n % 28}/2024 and called from 216-555-{n % 10000:04}.')
table = document.add_table(rows=300, cols=4)
for n, row in enumerate(table.rows):
    for cell, text in zip(row.cells, (f'Joe Example{n}', '1/2/1970', f'{500000 + n}', 'well')):
        cell.text = text
document.save(sys.argv[1])