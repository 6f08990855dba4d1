// One config for three regions, two architectures and two runtimes, with every front end on the real engine: the same
// targets for policy, command, pins, resource and plugin, and the way back.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { cli } from "../cli/harness";
import { type Emulator, startEmulator } from "../emulator";
import { preamble as awsPreamble, createAwsStack } from "../support/aws-stack";
import { itSampled } from "../support/counts";
import { checkout, type Project } from "../support/engine";
import { preamble as nativePreamble, plugins } from "../support/native";
import {
  arn,
  declaredEntries,
  entries,
  estate,
  exception,
  insights,
  type Kind,
  oldPowertools,
  own,
  published,
  publishedEntries,
  regions,
} from "../support/regional-estate";

const datadog = "464622532012";

const config = `layers:
${entries}  datadog:
    version: 2
    variants:
      - when: { architecture: arm64, runtime: python3.12 }
        arn: arn:aws:lambda:{region}:${datadog}:layer:Datadog-Python312-ARM
      - when: { architecture: arm64 }
        arn: arn:aws:lambda:{region}:${datadog}:layer:Datadog-Python313-ARM
      - when: { runtime: python3.12 }
        arn: arn:aws:lambda:{region}:${datadog}:layer:Datadog-Python312
      - when: { runtime: python3.13 }
        arn: arn:aws:lambda:{region}:${datadog}:layer:Datadog-Python313
        version: 5
  shared:
    version: 2
    variants:
      - when: { function: ${exception} }
        version: 5
        description: needs the new client
        until: 2999-12-31
  base: { version: 3, enforce: minimum }
settings: { aws_region: us-east-1 }
`;

const short = (runtime: string) => runtime.replace("python3.", "3");

/** What functions have at first, and what they should get, without asking the product. */
const atFirst = (kind: Kind) => {
  const { region, runtime, architecture } = kind;
  return [
    arn(region, own, "base:1"),
    oldPowertools(kind),
    arn(region, insights, "Insights:1"),
    arn(region, datadog, `Datadog-Python${short(runtime)}${architecture === "arm64" ? "-ARM" : ""}:1`),
    arn(region, own, "shared:1"),
  ];
};
const declared = (kind: Kind) => {
  const { name, region, runtime, architecture } = kind;
  const version = architecture === "arm64" ? "-ARM:2" : runtime === "python3.13" ? ":5" : ":2";
  return [
    arn(region, own, "base:3"),
    ...declaredEntries(kind),
    arn(region, datadog, `Datadog-Python${short(runtime)}${version}`),
    arn(region, own, name === exception ? "shared:5" : "shared:2"),
  ];
};

/** A line for each layer that will change, as in the Python tool's README and the design. */
const linesOf = (was: (kind: Kind) => string[], is: (kind: Kind) => string[]) =>
  estate
    .flatMap((kind) =>
      was(kind).flatMap((from, index) => {
        const to = is(kind)[index] ?? "";
        if (from === to) return [];
        const [[owner, layer, old], [newOwner, comes, version]] = [from, to].map((text) =>
          text
            .split(":")
            .slice(4)
            .filter((part) => part !== "layer"),
        ) as [string[], string[]];
        if (layer !== comes) return `Function ${kind.name}: Layer ${layer}:${old} -> ${comes}:${version}`;
        if (owner !== newOwner) return `Function ${kind.name}: Layer ${from} -> ${to}`;
        return `Function ${kind.name}: Layer ${layer} version ${old} -> ${version}`;
      }),
    )
    .sort();

const told = (output: string) =>
  [...new Set(output.match(/Function [\w-]+: Layer (?:[\w-]+ version \d+ -> \d+|\S+:\d+ -> \S+:\d+)/g))].sort();

const program = (first: string, layersOf: (kind: Kind) => string[] = atFirst) => `${awsPreamble}
const { Provider } = require("@pulumi/aws/provider");
${first}
const skip = { skipCredentialsValidation: true, skipRequestingAccountId: true, skipMetadataApiCheck: true, skipRegionValidation: true };
const ohio = new Provider("ohio", { region: "us-east-2", ...skip });
// One region by a provider, one by the function itself, and one by the stack's configuration.
const where = { "us-east-1": [{}, {}], "us-east-2": [{}, { provider: ohio }], "eu-west-1": [{ region: "eu-west-1" }, {}] };
for (const { name, region, runtime, architecture, layers } of ${JSON.stringify(estate.map((kind) => ({ ...kind, layers: layersOf(kind) })))}) {
  const [args, options] = where[region];
  fn(name, { ...args, runtime, layers, ...(architecture === "arm64" && { architectures: [architecture] }) }, options);
}
`;

const elsewhere = `for (const region of ${JSON.stringify(regions)})
  new LayerVersions(region, { region, functions: { prefix: region + "-" }, onDelete: "restore" });
`;
const byResource = `const { LayerVersions } = require("pulumi-lambda-layers");\n${elsewhere}`;
const byPlugin = `${nativePreamble}${elsewhere}`;

describe("an estate with three regions, two architectures and two runtimes", function () {
  this.timeout(600_000);

  let emulator: Emulator;
  const projects: Project[] = [];
  const create = async (options: Parameters<typeof createAwsStack>[0]) => {
    const project = await createAwsStack({ files: { "layer_config.yaml": config }, ...options });
    projects.push(project);
    return project;
  };

  beforeEach(async () => {
    emulator = await startEmulator();
    emulator.seed({
      layers: [
        ...["base", "shared"].flatMap((name) => published(name, own)),
        ...publishedEntries,
        ...["312", "313", "312-ARM", "313-ARM"].flatMap((name) => published(`Datadog-Python${name}`, datadog)),
      ],
    });
  });
  afterEach(async () => {
    await Promise.all(projects.splice(0).map((project) => project.dispose()));
    await emulator?.close();
  });

  const liveOf = ({ name, region }: Kind) => [...(emulator.layersOf(name, { region }) ?? [])];
  const isLive = (wanted: (kind: Kind) => string[]) => {
    for (const kind of estate) assert.deepEqual(liveOf(kind), wanted(kind), kind.name);
  };
  const seedFunctions = () =>
    emulator.seed({
      functions: estate.map((kind) => ({
        ...{ name: kind.name, region: kind.region, layers: atFirst(kind) },
        ...{ Runtime: kind.runtime, Architectures: [kind.architecture] },
      })),
    });

  /** What someone does out of band: restores an old layer, and sets another version. */
  const drifted = (kind: Kind) => {
    if (kind.name === "eu-west-1-313-arm64") return declared(kind).with(1, atFirst(kind)[1] ?? "");
    return kind.name === "us-east-2-312-x86_64" ? declared(kind).with(2, atFirst(kind)[2] ?? "") : declared(kind);
  };
  const drift = () => {
    for (const kind of estate)
      if (String(drifted(kind)) !== String(liveOf(kind)))
        emulator.edit(kind.name, { Layers: drifted(kind) }, { region: kind.region });
  };

  itSampled("is previewed, applied, repaired, moved and rolled back by policies, commands and pins alike", async () => {
    const stack = await create({ env: emulator.env, program: program("") });
    const pack = ["--policy-pack", join(checkout, "policy-pack")];
    const remediating = [...pack, "--policy-pack-config", "remediate.json"];
    await stack.write({ "remediate.json": { "layer-version-pinned": "remediate" } });
    await stack.up();
    isLive(atFirst);
    const wanted = linesOf(atFirst, declared);
    assert.equal(wanted.length, 60);

    // Policies: reported, deployed instead, and back with the program's own.
    const policy = await stack.pulumi(["preview", ...pack]);
    assert.notEqual(policy.code, 0);
    assert.deepEqual(told(policy.output), wanted);
    await stack.up(...remediating);
    isLive(declared);
    drift();
    await stack.up("--refresh", ...remediating);
    isLive(declared);
    await stack.up();
    isLive(atFirst);

    // Commands, with the real Pulumi.
    const command = async (...args: string[]) => {
      const { code, stdout, output } = await cli([...args, "--stack", "dev", "--sync-aws", "--yes", "--json"], {
        ...{ cwd: stack.dir, env: stack.env },
      });
      assert.equal(code, 0, output);
      return JSON.parse(stdout);
    };
    const targets = (changes: readonly { function: string; target: string }[]) =>
      changes.map(({ function: name, target }) => `${name} ${target}`).sort();
    const moving = estate.flatMap((kind) =>
      declared(kind).flatMap((to, index) => (to === atFirst(kind)[index] ? [] : `${kind.name} ${to}`)),
    );
    const original = await stack.exportStack();
    const updated = await command("update");
    assert.deepEqual(targets(updated.changes), [...moving].sort());
    assert.deepEqual(targets(updated.aws.changes), [...moving].sort());
    isLive(declared);
    await onlyNamedArns(stack);
    const layersIn = ({ deployment }: typeof original) =>
      deployment.resources.flatMap(
        ({ type, id, inputs, outputs }: Record<string, { layers: unknown }> & { type: string }) =>
          type.endsWith(":Function") ? [[id, inputs?.layers, outputs?.layers]] : [],
      );
    const recorded = (layersOf: (kind: Kind) => string[]) =>
      estate.map((kind) => [kind.name, layersOf(kind), layersOf(kind)]);
    const sorted = (rows: unknown[][]) => rows.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1));
    assert.deepEqual(sorted(layersIn(await stack.exportStack())), sorted(recorded(declared)));
    drift();
    const repaired = await command("update");
    assert.deepEqual([repaired.changes, repaired.aws.changes.length], [[], 2]);
    isLive(declared);
    const [first] = (await readdir(join(stack.dir, "backups"))).filter((name) => name.includes("_state_")).sort();
    await command("rollback", `backups/${first}`);
    isLive(atFirst);
    assert.deepEqual(layersIn(await stack.exportStack()), layersIn(original));

    // Pins: moved by an edit of the config, repaired after drift, and moved back by undoing the edit.
    const old = config.replace(/ {2}powertools:[\s\S]*?(?= {2}insights)/, "");
    await stack.write({
      "index.js": program(`require("pulumi-lambda-layers").pinLayers();`),
      "layer_config.yaml": old,
    });
    const isV2 = (kind: Kind) => declared(kind).with(1, atFirst(kind)[1] ?? "");
    await stack.up();
    isLive(isV2);
    await stack.write({ "layer_config.yaml": config });
    const { stdout } = await stack.preview("--diff");
    for (const kind of estate) assert.ok(stdout.includes(`=> "${declared(kind)[1]}"`), kind.name);
    await stack.up();
    isLive(declared);
    drift();
    await stack.up("--refresh");
    isLive(declared);
    await stack.write({ "layer_config.yaml": old });
    await stack.up();
    isLive(isV2);
  });

  for (const [title, text] of [
    ["the resource", byResource],
    ["the plugin", byPlugin],
  ] as const) {
    itSampled(`is previewed, applied, repaired and restored by ${title}`, async () => {
      seedFunctions();
      const settings = { runtime: { name: "nodejs", options: { typescript: false } }, plugins };
      const stack = await create({ env: emulator.env, program: text, settings });
      const { output } = await stack.preview();
      assert.deepEqual(told(output), linesOf(atFirst, declared));
      await stack.up();
      isLive(declared);
      drift();
      assert.deepEqual(told((await stack.preview()).output), linesOf(drifted, declared));
      await stack.up();
      isLive(declared);
      await stack.preview("--expect-no-changes");
      await stack.destroy();
      isLive(atFirst);
    });
  }
});

/** Asserts that an imported state differs from the one before only in the text of layer version ARNs. */
async function onlyNamedArns(stack: Project): Promise<void> {
  const folder = join(stack.dir, "backups");
  const names = (await readdir(folder)).sort();
  const text = async (kind: string) =>
    readFile(join(folder, names.filter((name) => name.includes(kind)).at(-1) ?? ""), "utf8");
  const [before, after] = [await text("_state_"), await text("_updated_")];
  let expected = before;
  for (const kind of estate) {
    const at = expected.indexOf(`::${kind.name}"`);
    const end = expected.indexOf('"urn"', at) < 0 ? expected.length : expected.indexOf('"urn"', at);
    let part = expected.slice(at, end);
    for (const [index, layer] of atFirst(kind).entries())
      part = part.replaceAll(`"${layer}"`, `"${declared(kind)[index]}"`);
    expected = expected.slice(0, at) + part + expected.slice(end);
  }
  assert.equal(after, expected);
}
