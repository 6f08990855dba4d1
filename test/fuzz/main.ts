// npm run fuzz -- EXPORT [RUNS [SEED]]: edits an exported state at random, 100 times by default. If the state has
// secrets, PULUMI_CONFIG_PASSPHRASE must be the stack's own.

import { randomInt } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import process from "node:process";
import { checkout } from "../support/engine";
import { fuzz } from "./fuzz";

async function main(): Promise<number> {
  const [file, runs = "100", seed = String(randomInt(2 ** 31))] = process.argv.slice(2);
  if (!file || !/^[1-9]\d*$/.test(runs) || !/^\d+$/.test(seed)) {
    console.error("Usage: npm run fuzz -- EXPORT [RUNS [SEED]]");
    return 2;
  }
  const text = await readFile(resolve(process.env.INIT_CWD ?? ".", file), "utf8");
  const names = ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"];
  const env = Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
  console.log(`${runs} edits of ${file}, from seed ${seed}`);
  const found = await fuzz(text, { numRuns: Number(runs), seed: Number(seed), env });
  if (!found) {
    console.log("All were made right, byte by byte, and Pulumi took each of them.");
    return 0;
  }
  const name = `test/fuzz/found-${seed}`;
  await writeFile(resolve(checkout, `${name}.json`), text, { mode: 0o600 });
  await writeFile(resolve(checkout, `${name}.spec.ts`), specOf(`found-${seed}.json`, found.edit));
  console.log(`${found.message}\n\nWritten as a spec: ${name}.spec.ts. It has the whole state beside it.`);
  return 1;
}

function specOf(file: string, edit: object): string {
  return `import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkEdit } from "./fuzz";

describe("an edit that went wrong", () => {
  it("is made right", async () => {
    const text = await readFile(join(__dirname, ${JSON.stringify(file)}), "utf8");
    await checkEdit(text, ${JSON.stringify(edit)});
  });
});
`;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
