import assert from "node:assert/strict";
import { mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { formatStamp } from "../../sdk/core/backup";
import { assessStack } from "../../sdk/ops/assess";
import { lastAsDeclared } from "../../sdk/ops/last-declared";
import { newestVersions } from "../../sdk/ops/look-up";
import { executeSync, planSync } from "../../sdk/ops/sync";
import { stateOf } from "../support/states";
import { functionIn, useLooks } from "./looks";

const region = "us-east-1";
const text = "layers:\n  base: { version: 3 }\n";
const noon = (day: number) => new Date(2026, 10, day, 12);

describe("what a report says about a stack besides its layers", () => {
  const looks = useLooks();

  /** Writes a backup, made at noon of a day in November, of a state in which a function has these layers. */
  async function backUp(day: number, layers: string[], kind = "state") {
    const folder = join(looks.folder, "backups");
    await mkdir(folder, { mode: 0o700, recursive: true });
    const file = join(folder, `dev_${kind}_${formatStamp(noon(day))}.json`);
    await writeFile(file, JSON.stringify(stateOf([functionIn(region, "api", layers)])), { mode: 0o600 });
    await utimes(file, noon(day), noon(day));
  }

  async function since(layers: string[]): Promise<[layer: string | undefined, time: Date][]> {
    const config = await looks.write(text, [functionIn(region, "api", layers)]);
    const assessment = await assessStack(looks.ports, { stack: "dev", config });
    const found = await lastAsDeclared(looks.ports, assessment, config);
    return [...found].map(([{ layer }, time]) => [layer?.name, time]);
  }

  it("includes when the newest backup has a drifted layer as declared", async () => {
    looks.aws.emulator.seed({ functions: [{ name: "api", layers: ["base:3", "free:1"] }] });
    await backUp(1, ["base:3"]);
    await backUp(2, ["base:3", "free:1"]);
    await backUp(3, ["base:4"]);
    assert.deepEqual(await since(["base:4", "free:1"]), [["base", noon(2)]]);
    assert.deepEqual(await since(["base:3", "free:1"]), [], "nothing has drifted");
    await writeFile(join(looks.folder, "backups", `dev_state_${formatStamp(noon(3))}.json`), "no state", {
      mode: 0o600,
    });
    assert.deepEqual(await since(["base:4"]), [["base", noon(2)]], "what cannot be read says nothing");
    await rm(join(looks.folder, "backups"), { recursive: true });
    assert.deepEqual(await since(["base:4"]), [], "nothing says so");
  });

  it("includes when a run has brought a live function there, or the earlier of both if it drifted in both places", async () => {
    looks.aws.emulator.seed({
      layers: [{ name: "base", versions: 5 }],
      functions: [{ name: "api", layers: ["base:1"] }],
    });
    const config = await looks.write(text, [functionIn(region, "api", ["base:3"])]);
    const before = Date.now();
    await executeSync(looks.ports, await planSync(looks.ports, { stack: "dev", config }), {});
    assert.deepEqual(await since(["base:3"]), []);
    looks.aws.emulator.edit("api", { Layers: ["base:5"] });
    const [[layer, time] = []] = await since(["base:3"]);
    assert.equal(layer, "base");
    // A stamp has whole seconds.
    assert.ok((time?.getTime() ?? 0) >= before - 1000 && (time?.getTime() ?? 0) <= Date.now());
    assert.deepEqual(await since(["base:4"]), [], "nothing says so for the state");
    await backUp(1, ["base:3"]);
    assert.deepEqual(await since(["base:4"]), [["base", noon(1)]]);
  });

  it("includes the newest version of each declared layer, and a warning if AWS does not return it", async () => {
    looks.aws.emulator.seed({
      layers: [{ name: "base", versions: 7 }],
      functions: [{ name: "api", layers: ["base:3", "free:1"] }],
    });
    const newest = async (config: string) => {
      const loaded = await looks.write(config, [functionIn(region, "api", ["base:3", "free:1"])]);
      return newestVersions(looks.ports, await assessStack(looks.ports, { stack: "dev", config: loaded }));
    };
    const arn = `arn:aws:lambda:${region}:123456789012:layer:base`;
    assert.deepEqual([...(await newest(text))], [[arn, 7]]);
    assert.deepEqual([...(await newest("layers:\n  base: { version: 3, latest: 'ssm:/none' }\n"))], []);
    assert.match(looks.lines.join("\n"), new RegExp(`^WARN - The newest version of ${arn} is not known: `, "m"));
  });
});
