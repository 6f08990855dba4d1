import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";

const checkout = resolve(__dirname, "..");

const manifest = "package.json";

const providerRooms = ["provider/program", "provider/reconcile", "provider/resource", "provider/host"];

/**
 * Which other parts each part may import. A file's part is the longest of these paths that it starts with; files of one
 * part may import each other. Adapters are connected to their users in wiring (for cli/main and index), provider and
 * policy-pack.
 */
const parts: Record<string, readonly string[]> = {
  "sdk/core": [],
  "sdk/ports": ["sdk/core"],
  "sdk/files": ["sdk/ports", "sdk/core"],
  "sdk/aws": ["sdk/ports", "sdk/core"],
  "sdk/pulumi": ["sdk/ports", "sdk/core"],
  "sdk/ops": ["sdk/ports", "sdk/core"],
  "sdk/updater": ["sdk/ops", "sdk/ports", "sdk/core"],
  "sdk/wiring": ["sdk/updater", "sdk/aws", "sdk/pulumi", "sdk/files", "sdk/ports", "sdk/core"],
  "sdk/cli": ["sdk/updater", "sdk/ops", "sdk/ports", "sdk/core"],
  "sdk/cli/main": ["sdk/cli", "sdk/wiring", "sdk/ops", "sdk/ports", "sdk/aws", "sdk/pulumi", "sdk/files", "sdk/core"],
  "sdk/cli/compiled": [],
  "sdk/cli/bin": ["sdk/cli/main", "sdk/cli/compiled", manifest],
  "sdk/index": [
    "sdk/updater",
    "sdk/wiring",
    "sdk/ops",
    "sdk/ports",
    "sdk/files",
    "sdk/core",
    "provider",
    "provider/program",
    "provider/resource",
  ],
  "provider/native": ["provider", ...providerRooms, "sdk/ops", "sdk/aws", "sdk/files", "sdk/ports", "sdk/core"],
  "provider/host": ["sdk/core"],
  "provider/resource": ["provider/host", "sdk/ports", "sdk/core"],
  "provider/program": ["provider/resource", "provider/host", "sdk/aws", "sdk/files", "sdk/ports", "sdk/core"],
  "provider/reconcile": [
    "provider/resource",
    "provider/host",
    "sdk/ops",
    "sdk/aws",
    "sdk/files",
    "sdk/ports",
    "sdk/core",
  ],
  provider: [...providerRooms, "sdk/ops", "sdk/aws", "sdk/files", "sdk/ports", "sdk/core"],
  "policy-pack": ["sdk/aws", "sdk/files", "sdk/ports", "sdk/core"],
  examples: [],
};

/** Packages and Node modules that a part must not import. */
const forbidden: Record<string, RegExp> = {
  "sdk/core": /^(node:|@aws-sdk\/|@smithy\/|@pulumi\/)/,
  "sdk/ports": /^(node:|@aws-sdk\/|@smithy\/|@pulumi\/)/,
  "sdk/files": /^(@aws-sdk\/|@smithy\/|@pulumi\/)/,
  "sdk/aws": /^@pulumi\//,
  "sdk/pulumi": /^(@aws-sdk\/|@smithy\/|@pulumi\/)/,
  "sdk/ops": /^(node:(fs|child_process|https?|net|process)\b|@aws-sdk\/|@smithy\/|@pulumi\/)/,
  "sdk/cli": /^(@aws-sdk\/|@smithy\/|@pulumi\/)/,
  "sdk/cli/main": /^@pulumi\/aws/,
  "sdk/index": /^@pulumi\/aws/,
  // The whole SDK would be half of the plugin's size, and of its start time.
  "provider/native": /^@pulumi\/(?!pulumi\/proto\/)/,
  "provider/host": /^@pulumi\//,
  "provider/reconcile": /^@pulumi\//,
  "provider/resource": /^@pulumi\/aws/, // 84 MB, for types alone
  "provider/program": /^@pulumi\/aws/,
  provider: /^@pulumi\/aws/,
  "policy-pack": /^@pulumi\/aws/,
  examples: /^pulumi-lambda-layers\/dist\b/,
};

interface Import {
  file: string;
  /** What the file imports: a path from the checkout without extension, or a package's or module's name. */
  target: string;
  local: boolean;
}

function importsOf(file: string): Import[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(checkout, file), "utf8"), true, true);
  return importedFiles.map(({ fileName }) => {
    const local = fileName.startsWith(".");
    const path = relative(checkout, resolve(checkout, dirname(file), fileName));
    return { file, local, target: local ? path.replaceAll("\\", "/").replace(/\.(m|c)?[jt]s$/, "") : fileName };
  });
}

function partOf(path: string): string | undefined {
  const bare = path.replace(/\.(m|c)?ts$/, "");
  return Object.keys(parts)
    .filter((part) => bare === part || bare.startsWith(`${part}/`))
    .sort((a, b) => b.length - a.length)[0];
}

/** An arrow from the importer to the imported. */
interface Arrow {
  from: string;
  to: string;
}

/** The groups of places that reach each other, by Tarjan's algorithm for strongly connected components. */
function circlesIn(arrows: readonly Arrow[]): string[][] {
  const next = Map.groupBy(
    arrows.filter(({ from, to }) => from !== to),
    ({ from }) => from,
  );
  const numbers = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (place: string): number => {
    const number = numbers.size;
    numbers.set(place, number);
    stack.push(place);
    let lowest = number;
    for (const { to } of next.get(place) ?? []) {
      const known = numbers.get(to);
      if (known === undefined) lowest = Math.min(lowest, visit(to));
      else if (stack.includes(to)) lowest = Math.min(lowest, known);
    }
    if (lowest === number) {
      const group = stack.splice(stack.indexOf(place));
      if (group.length > 1) circles.push(group.sort());
    }
    return lowest;
  };
  for (const place of next.keys()) if (!numbers.has(place)) visit(place);
  return circles;
}

describe("imports", () => {
  const files: string[] = [];
  before(async () => {
    const patterns = ["sdk", "provider", "policy-pack", "examples"].map((folder) => `${folder}/**/*.{ts,mts,cts}`);
    const options = { cwd: checkout, exclude: (path: string) => /node_modules|\.d\.ts$/.test(path) };
    for await (const file of glob(patterns, options)) files.push(file.replaceAll("\\", "/"));
  });

  const violations = (isWrong: (part: string, found: Import) => boolean) =>
    files.flatMap((file) =>
      importsOf(file)
        .filter((found) => isWrong(partOf(file) ?? "", found))
        .map(({ target }) => `${file} imports ${target}`),
    );

  const localImports = (): Arrow[] => {
    const known = new Map(files.map((file) => [file.replace(/\.(m|c)?ts$/, ""), file]));
    return files.flatMap((from) =>
      importsOf(from).flatMap(({ local, target }) => {
        const to = local ? (known.get(target) ?? known.get(`${target}/index`)) : undefined;
        return to === undefined ? [] : [{ from, to }];
      }),
    );
  };

  it("are checked for every file", () => {
    assert.deepEqual(
      files.filter((file) => partOf(file) === undefined),
      [],
    );
    assert.ok(files.length > 0);
  });

  it("go one way between the parts", () => {
    const isWrong = (part: string, { local, target }: Import) => {
      const other = target === manifest ? manifest : (partOf(target) ?? partOf(`${target}/index`));
      return local && other !== part && !(other !== undefined && parts[part]?.includes(other));
    };
    assert.deepEqual(violations(isWrong), []);
  });

  it("form no cycle of files", () => {
    const arrows = ["a-b", "b-c", "c-b", "c-d", "a-a"].map((text) => ({ from: text.charAt(0), to: text.charAt(2) }));
    assert.deepEqual(circlesIn(arrows), [["b", "c"]]);
    assert.deepEqual(circlesIn(localImports()), []);
  });

  it("form no cycle of folders", () => {
    const parents = new Set(files.map((file) => dirname(dirname(file))));
    // In a folder with subfolders, each file counts separately: some are below the subfolders and some above.
    const place = (file: string) => (parents.has(dirname(file)) ? file : dirname(file));
    assert.deepEqual(circlesIn(localImports().map(({ from, to }) => ({ from: place(from), to: place(to) }))), []);
  });

  it("of packages and Node modules stay where they belong", () => {
    const isWrong = (part: string, { local, target }: Import) => !local && (forbidden[part]?.test(target) ?? false);
    assert.deepEqual(violations(isWrong), []);
  });

  it("of examples use public entry points", () => {
    const { exports } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
    const entries = Object.keys(exports ?? {}).map((entry) => entry.replace(/^\./, "pulumi-lambda-layers"));
    const isWrong = (part: string, { target }: Import) =>
      part === "examples" && /^pulumi-lambda-layers\b/.test(target) && !entries.includes(target);
    assert.deepEqual(violations(isWrong), []);
  });
});
