"""Reads a workbook with openpyxl and prints it as JSON: `{sheet: [row, ...]}`.

    read_workbook.py FILE

Each row is a list of texts, empty cells as empty texts. A formula would come
out as it is written, with its equals sign.
"""

import json
import sys

import openpyxl


def main() -> None:
    workbook = openpyxl.load_workbook(sys.argv[1])
    sheets = {
        sheet.title: [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
        for sheet in workbook
    }
    json.dump(sheets, sys.stdout)


main()
