import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Ajv from "ajv";
import type { Log } from "sarif";
import { renderSarif } from "../../../sdk/cli/report/sarif";
import { failedStack, hostileName, row, sampleStack, stackOf } from "./samples";

const options = { version: "1.2.3", configUri: "infra/layer_config.yaml" };
const render = (...stacks: Parameters<typeof renderSarif>[0]) => JSON.parse(renderSarif(stacks, options)) as Log;

describe("a report in SARIF", () => {
  const folder = join(dirname(require.resolve("@microsoft/jest-sarif/package.json")), "lib/schemas");
  // What it uses of draft 4 means the same in draft 7, its name apart.
  const { $schema, id, ...schema } = JSON.parse(readFileSync(join(folder, "sarif-2.1.0-rtm.5.json"), "utf8"));
  const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);

  const logs: [string, Log][] = [
    ["with drift", render(sampleStack())],
    ["of several stacks, one of them failed", render(sampleStack(), sampleStack("prod"), failedStack)],
    ["without drift", render(stackOf([row()]))],
    ["of names that are markup", render(stackOf([row({ function: hostileName, live: 1, drift: true })]))],
  ];
  for (const [what, log] of logs) {
    it(`is valid ${what}`, () => {
      assert.ok(validate(log), JSON.stringify(validate.errors));
    });
  }

  it("is held to a schema that refuses something", () => {
    assert.equal(validate({ ...render(sampleStack()), version: "3.0" }), false);
  });

  it("has one result a layer that has drifted, at the line that declares it", () => {
    const [run] = render(sampleStack()).runs;
    const results = run?.results ?? [];
    assert.deepEqual(
      results.map(({ message }) => message.text),
      [
        "Function api of stack dev: Layer base is declared at version 5 and recorded at version 4, live at version 3.",
        "Function mail of stack dev: Layer base is declared at version 5 and live at version 6.",
      ],
    );
    assert.deepEqual(results[0]?.locations?.[0]?.physicalLocation, {
      artifactLocation: { uri: "infra/layer_config.yaml" },
      region: { startLine: 2, startColumn: 20 },
    });
    const fingerprints = results.map(({ partialFingerprints }) => partialFingerprints?.["layerOfFunction/v1"]);
    assert.equal(new Set(fingerprints).size, 2);
  });

  it("keeps a result's fingerprint when versions change, and not between stacks", () => {
    const fingerprint = (log: Log) => log.runs[0]?.results?.[0]?.partialFingerprints?.["layerOfFunction/v1"];
    const drifted = (live: number, stack = "dev") => render(stackOf([row({ live, drift: true })], { stack }));
    assert.equal(fingerprint(drifted(1)), fingerprint(drifted(2)));
    assert.notEqual(fingerprint(drifted(1)), fingerprint(drifted(1, "prod")));
  });

  it("says which stack could not be read", () => {
    const [invocation] = render(sampleStack(), failedStack).runs[0]?.invocations ?? [];
    assert.equal(invocation?.executionSuccessful, false);
    assert.match(invocation?.toolExecutionNotifications?.[0]?.message.text ?? "", /^Stack gone: State file not found/);
  });
});
