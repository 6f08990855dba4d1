"""Updates the layer versions in an exported state the way a short Python script does: python-update.py STATE OUT"""

import copy
import json
import re
import sys

source, target = sys.argv[1:]
with open(source, encoding="utf-8") as file:
    state = json.load(file)
updated = copy.deepcopy(state)
for resource in updated["deployment"]["resources"]:
    if resource["type"] != "aws:lambda/function:Function":
        continue
    for properties in (resource["inputs"], resource["outputs"]):
        layers = properties.get("layers") or []
        properties["layers"] = [re.sub(r"(:receipt-dynamo-dev):\d+$", r"\1:5", layer) for layer in layers]
with open(target, "w", encoding="utf-8") as file:
    json.dump(updated, file, indent=2)
