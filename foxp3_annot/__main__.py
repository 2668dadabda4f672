"""`python -m foxp3_annot` is the command line."""

from foxp3_annot.cli import main

if __name__ == "__main__":
    main()
