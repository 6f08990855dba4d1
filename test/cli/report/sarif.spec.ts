import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Ajv from "ajv";
import type { Log } from "sarif";
import { renderSarif } from "../../../sdk/cli/report/sarif";
import { failedStack, fn, hostileName, sampleStack, stackOf } from "./samples";

const options = { version: "1.2.3", configUri: () => "infra/layer_config.yaml" };
const render = (...stacks: Parameters<typeof renderSarif>[0]) => JSON.parse(renderSarif(stacks, options)) as Log;

describe("a report in SARIF", () => {
  const folder = join(dirname(require.resolve("@microsoft/jest-sarif/package.json")), "lib/schemas");
  // What it uses of draft 4 means the same in draft 7, except for the draft's name.
  const { $schema, id, ...schema } = JSON.parse(readFileSync(join(folder, "sarif-2.1.0-rtm.5.json"), "utf8"));
  const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);

  const logs: [string, Log][] = [
    ["with drift", render(sampleStack())],
    ["for several stacks, one of them failed", render(sampleStack(), sampleStack("prod"), failedStack)],
    ["without drift", render(stackOf([fn()]))],
    ["with names that are markup", render(stackOf([fn(hostileName, { live: ["base:1"] })]))],
  ];
  for (const [what, log] of logs) {
    it(`is valid ${what}`, () => {
      assert.ok(validate(log), JSON.stringify(validate.errors));
    });
  }

  it("is validated against a schema that can refuse", () => {
    assert.equal(validate({ ...render(sampleStack()), version: "3.0" }), false);
  });

  it("has one result per drifted layer, at the line that declares it", () => {
    const [run] = render(sampleStack()).runs;
    const results = run?.results ?? [];
    assert.deepEqual(
      results.map(({ message }) => message.text),
      [
        "Function api of stack dev: Layer base is declared at version 5 and recorded at version 4, live at version 3.",
        "Function mail (us-east-1) of stack dev: Layer base is declared at version 5 and live at version 6.",
      ],
    );
    assert.deepEqual(results[0]?.locations?.[0]?.physicalLocation, {
      artifactLocation: { uri: "infra/layer_config.yaml" },
      region: { startLine: 2, startColumn: 20 },
    });
    const fingerprints = results.map(({ partialFingerprints }) => partialFingerprints?.["layerOfFunction/v1"]);
    assert.equal(new Set(fingerprints).size, 2);
  });

  it("keeps a result's fingerprint if versions change, and has another in each stack", () => {
    const fingerprint = (log: Log) => log.runs[0]?.results?.[0]?.partialFingerprints?.["layerOfFunction/v1"];
    const drifted = (live: number, stack = "dev") =>
      render(stackOf([fn("api", { live: [`base:${live}`] })], { stack }));
    assert.equal(fingerprint(drifted(1)), fingerprint(drifted(2)));
    assert.notEqual(fingerprint(drifted(1)), fingerprint(drifted(1, "prod")));
  });

  it("distinguishes functions of one LayerVersions resource, and says which layers AWS has lost", () => {
    const reconciled = {
      recordedBy: "resource",
      urn: "urn:pulumi:dev::shop::LayerVersions::layers",
      live: [],
    } as const;
    // Functions of several accounts may share a layer.
    const account = "999999999999";
    const elsewhere = { ...fn("a", reconciled), account, arn: `arn:aws:lambda:us-east-1:${account}:function:a` };
    const [run] = render(stackOf([fn("a", reconciled), fn("b", reconciled), elsewhere])).runs;
    const results = run?.results ?? [];
    assert.match(
      results[0]?.message.text ?? "",
      /^Function a \(us-east-1, 123456789012\) of stack dev: .* declared at version 5 and not attached in AWS\.$/,
    );
    const fingerprints = results.map(({ partialFingerprints }) => partialFingerprints?.["layerOfFunction/v1"]);
    assert.equal(new Set(fingerprints).size, 3);
  });

  it("says which stack could not be read, and which is not fully known", () => {
    const told = (...stacks: Parameters<typeof renderSarif>[0]) => {
      const [invocation] = render(...stacks).runs[0]?.invocations ?? [];
      const notes = invocation?.toolExecutionNotifications ?? [];
      return [invocation?.executionSuccessful, ...notes.map(({ level, message }) => `${level}: ${message.text}`)];
    };
    assert.deepEqual(told(stackOf([fn("api", { live: ["base:4"] })])), [true]);
    // Everything found is as declared, but not everything was read.
    const live = { read: false, reason: "no credentials", code: "aws-credentials" } as const;
    assert.deepEqual(told(stackOf([fn("api")], { live })), [
      false,
      "warning: Stack dev: No drift in what could be read; not all live versions could be read.",
    ]);
    const notAsked = { read: false, reason: "only recorded versions were requested" } as const;
    assert.deepEqual(told(stackOf([fn("api")], { live: notAsked })), [true]);
    assert.deepEqual(told(stackOf([fn("api", { live: "unread" })]), failedStack), [
      false,
      "warning: Stack dev: No drift in what could be read; 1 of 1 layer of a function is unknown.",
      "error: Stack gone: State file not found: there is no stack gone.\nName another.",
    ]);
  });
});
