import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import { configJsonSchema } from "../../scripts/config-json-schema.mjs";
import { draftEntries } from "../../sdk/core/config/draft";
import { writeDraft } from "../../sdk/core/config/draft-text";
import { configSchema } from "../../sdk/core/config/schema";
import { ConfigFiles } from "../../sdk/files/config-files";
import { checkout } from "../support/engine";
import { removeFolder, temporaryFolder } from "../support/folders";

interface Diagnostic {
  readonly message: string;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
}

const modeline = "# yaml-language-server: $schema=./node_modules/pulumi-lambda-layers/dist/layer-config.schema.json\n";

describe("a config in an editor with the YAML language server", function () {
  this.timeout(60_000);
  let folder: string;
  let server: ChildProcessWithoutNullStreams;
  let connection: MessageConnection;
  let files = 0;
  const waiting = new Map<string, (found: Diagnostic[]) => void>();

  before(async () => {
    folder = await temporaryFolder();
    const schema = join(folder, "node_modules/pulumi-lambda-layers/dist/layer-config.schema.json");
    await mkdir(dirname(schema), { recursive: true });
    await writeFile(schema, JSON.stringify(configJsonSchema(configSchema)));

    const manifest = createRequire(__filename).resolve("yaml-language-server/package.json");
    server = spawn(process.execPath, [join(dirname(manifest), "bin/yaml-language-server"), "--stdio"], { cwd: folder });
    connection = createMessageConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin));
    connection.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }) =>
      waiting.get(uri)?.(diagnostics),
    );
    connection.onRequest("client/registerCapability", () => null);
    const settings = { validate: true, hover: true, completion: true, schemaStore: { enable: false } };
    connection.onRequest("workspace/configuration", ({ items }) =>
      items.map(({ section }: { section: string }) => (section === "yaml" ? settings : {})),
    );
    connection.listen();
    await connection.sendRequest("initialize", {
      processId: process.pid,
      rootUri: pathToFileURL(folder).href,
      capabilities: { workspace: { configuration: true }, textDocument: { hover: { contentFormat: ["plaintext"] } } },
    });
    await connection.sendNotification("initialized", {});
    await connection.sendNotification("workspace/didChangeConfiguration", { settings: { yaml: settings } });
  });
  after(async () => {
    connection?.dispose();
    server?.kill();
    await removeFolder(folder);
  });

  /** Opens a text as a file; returns the server's complaints, in the order of its lines. */
  const open = async (text: string) => {
    const uri = pathToFileURL(join(folder, `layer_config_${files++}.yaml`)).href;
    const diagnostics = new Promise<Diagnostic[]>((resolve) => waiting.set(uri, resolve));
    await connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: "yaml", version: 1, text },
    });
    const found = (await diagnostics).map(({ message, range }) => `${range.start.line + 1}: ${message}`);
    return { uri, found: found.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)) };
  };

  it("has no complaints about the example", async () => {
    const example = await readFile(join(checkout, "examples/typescript/layer_config.yaml"), "utf8");
    const [first = "", ...others] = example.split("\n");
    assert.match(first, /^# yaml-language-server: \$schema=(\.\/)?node_modules\//);
    assert.deepEqual((await open([first, ...others].join("\n"))).found, []);
  });

  it("has no complaints about a new config, whose first line refers to the schema", async () => {
    const layer = { partition: "aws", region: "us-east-1", account: "123456789012", name: "team-dev-x", version: 3 };
    const entries = draftEntries([
      { stack: "dev", function: "api", account: "123456789012", layer },
      { stack: "dev", function: "api", account: "123456789012", layer: { ...layer, account: "464622532012" } },
    ]);
    const schema = new ConfigFiles(folder).schemaFor("layer_config.yaml");
    const text = writeDraft(entries, { schema, from: "recorded of dev", region: "us-east-1", account: "123456789012" });
    assert.ok(text.startsWith(modeline));
    assert.deepEqual((await open(text)).found, []);
    assert.notDeepEqual((await open(text.replace("version: 3", "version: three"))).found, []);
  });

  it("marks each problem on its line", async () => {
    const { found } = await open(`${modeline}layers:
  receipt-dynamo:
    versoin: 5
  receipt-label:
    version: "3"
    enforce: always
settings:
  tag_keys: stage
`);
    assert.deepEqual(found, [
      '3: Missing property "version".',
      "4: Property versoin is not allowed.",
      '6: Incorrect type. Expected "integer".',
      '7: Value is not accepted. Valid values: "exact", "minimum", null.',
      "9: Property tag_keys is not allowed.",
    ]);
  });

  it("explains a key", async () => {
    const { uri } = await open(`${modeline}layers:\n  base:\n    version: 5\n    enforce: minimum\n`);
    const hover = (line: number) =>
      connection.sendRequest("textDocument/hover", { textDocument: { uri }, position: { line, character: 6 } });
    assert.match(JSON.stringify(await hover(3)), /The version that this layer must be at/);
    assert.match(JSON.stringify(await hover(4)), /minimum: this version or newer/);
  });

  it("completes the keys of an entry", async () => {
    const { uri } = await open(`${modeline}layers:\n  base:\n    version: 5\n    \n`);
    const answer = await connection.sendRequest<{ items: { label: string }[] }>("textDocument/completion", {
      textDocument: { uri },
      position: { line: 4, character: 4 },
    });
    const labels = answer.items.map(({ label }) => label);
    for (const key of ["arn", "names", "enforce", "latest", "compatible_runtimes"])
      assert.ok(labels.includes(key), key);
    assert.ok(!labels.includes("version"));
  });
});
