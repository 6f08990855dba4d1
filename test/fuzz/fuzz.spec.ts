import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { counts } from "../support/counts";
import { checkout } from "../support/engine";
import { fuzz } from "./fuzz";
import { assertEdited, layerNames } from "./oracle";

const recorded = join(checkout, "test/data/upgrades/0.1.0/state.json");

describe("random edits of an exported state", function () {
  this.timeout(3_600_000);

  it("are made byte by byte, and accepted by Pulumi", async () => {
    const text = await readFile(recorded, "utf8");
    const found = await fuzz(text, counts({ sample: 3, full: 200 }));
    assert.equal(found, undefined, found?.message);
  });

  it("are checked by an oracle that detects mistakes", async () => {
    const text = await readFile(recorded, "utf8");
    const [name = ""] = layerNames(text);
    const at = new RegExp(`(:layer:${name}:)\\d+(?=")`, "g");
    assert.throws(() => assertEdited(text, text, { [name]: 77 }), "not made");
    assert.throws(() => assertEdited(text, text.replaceAll(at, "$178"), { [name]: 77 }), "another version");
    assert.throws(() => assertEdited(text, text.replace("resources", "Resources"), {}), "another byte");
  });
});
