import sys, datetime, openpyxl
book = openpyxl.Workbook(write_only=True)
sheet = book.create_sheet('Visits')
sheet.append(['Patient name', 'Date of birth', 'SSN', 'MRN', 'Phone', 'Note', 'Amount', 'Visit'])
for n in range(50000):
    sheet.append([f'Jane Example{n}', datetime.date(1950 + n % 50, 1 + n % 12, 1 + n % 28), f'{100 + n % 700}-{10 + n % 80}-{1000 + n % 9000}',
                  400000000 + n, f'216-555-{n % 10000:04}', f'seen on ward {n % 9}, no complaints', n / 7, n])
book.save(sys.argv[1])