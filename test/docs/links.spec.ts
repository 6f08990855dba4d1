// Links between the documents of the package lead somewhere.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { checkout } from "../../scripts/places.mjs";

const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...markdownBelow("docs"),
  ...markdownBelow("examples"),
];

function markdownBelow(folder: string): string[] {
  return readdirSync(join(checkout, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => join(folder, path))
    .sort();
}

/** A document without its code blocks, which may contain what looks like a link or a heading. */
const proseOf = (path: string) => readFileSync(join(checkout, path), "utf8").replaceAll(/^```[\s\S]*?^```$/gm, "");

/** The anchors that GitHub gives a document's headings. */
const anchorsOf = (path: string) =>
  [...proseOf(path).matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );

/** A document's links and pictures within the repository: the file, from its root, and the anchor. */
function linksOf(path: string): { file: string; anchor: string }[] {
  return [...proseOf(path).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [file = "", anchor = ""] = target.split("#");
      return { file: file === "" ? path : relative(checkout, join(checkout, dirname(path), file)), anchor };
    });
}

describe("the links of", () => {
  for (const path of documents) {
    it(`${path} lead somewhere`, () => {
      for (const { file, anchor } of linksOf(path)) {
        assert.ok(existsSync(join(checkout, file)), `there is no ${file}`);
        if (anchor !== "") assert.ok(anchorsOf(file).includes(anchor), `${file} has no #${anchor}`);
      }
    });
  }

  it("README.md lead to every document", () => {
    const linked = new Set(linksOf("README.md").map(({ file }) => file));
    assert.deepEqual(
      documents.filter((path) => path.startsWith("docs/") && !linked.has(path)),
      [],
    );
  });

  it("documents lead to files in the package, so that those who only installed it can follow them", () => {
    const { files } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
    const packed = ["README.md", "LICENSE", "package.json", ...files];
    for (const path of documents) {
      for (const { file } of linksOf(path)) {
        assert.ok(
          packed.some((one: string) => file === one || file.startsWith(`${one}/`)),
          `${path} links to ${file}, which is not in the package`,
        );
      }
    }
  });
});
