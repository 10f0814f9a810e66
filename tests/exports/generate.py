"""`python generate.py FOLDER`: what PyTorch, NumPy, JSON and others write, with `index.json`."""

import sys
import warnings

import configurations
import formats
import kinds
import layouts
import modules
import oddities
from network import Folder

warnings.simplefilter("ignore")

if __name__ == "__main__":
    into = Folder(sys.argv[1])
    for part in (kinds, configurations, layouts, modules, formats, oddities):
        part.add_all(into)
    into.close()
    print(f"{len(into.index)} files")
