import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { maxConfigBytes } from "../../sdk/core/config/yaml";
import { LayersError } from "../../sdk/core/errors";
import { loadLayerConfig } from "../../sdk/files/config-file";
import { removeFolder, temporaryFolder } from "../support/folders";

describe("loadLayerConfig", () => {
  let folder: string;

  before(async () => {
    folder = await temporaryFolder();
  });
  after(() => removeFolder(folder));

  const write = async (name: string, content: string | Uint8Array) => {
    await writeFile(join(folder, name), content);
    return name;
  };
  const refused = (file: string, cwd = folder): LayersError => {
    try {
      loadLayerConfig(file, cwd);
    } catch (error) {
      assert(error instanceof LayersError);
      assert.equal(error.code, "config-invalid");
      assert.equal(error.exitStatus, 2);
      return error;
    }
    assert.fail("the file was accepted");
  };

  it("reads a file relative to a folder, and names it as it was given", async () => {
    await mkdir(join(folder, "config"));
    const file = await write(join("config", "good.yaml"), "layers: { a: { version: 1 } }");
    assert.equal(loadLayerConfig(file, folder).file, file);
    assert.equal(loadLayerConfig(join(folder, file), "/").file, join(folder, file));
    assert.equal(loadLayerConfig("../config/good.yaml", join(folder, "config")).layers.get("a")?.fields.version, 1);
  });

  it("reads UTF-8 with a byte order mark", async () => {
    const file = await write("bom.yaml", "\uFEFFlayers: { a: { version: 1, description: ä日本 } }");
    assert.equal(loadLayerConfig(file, folder).layers.get("a")?.fields.description, "ä日本");
  });

  it("shows every problem in a file", async () => {
    const file = await write("bad.yaml", "layers:\n  a: { version: 0 }\n  b: { version: 1, x: 2 }\n");
    assert.equal(
      refused(file).describe(),
      `bad.yaml has 2 problems:
bad.yaml:2:17 invalid-value: layers.a.version must be a whole number of 1 or more
  2 |   a: { version: 0 }
    |                 ^
bad.yaml:3:20 unknown-key: unknown key "x" in layers.b
  3 |   b: { version: 1, x: 2 }
    |                    ^
  Known keys are: version, arn, names, enforce, latest, description, compatible_runtimes, compatible_architectures, variants, replaces`,
    );
  });

  it("uses the singular for a single problem", async () => {
    assert.match(refused(await write("one.yaml", "layers: { a: {} }")).message, /^one\.yaml has a problem:\n/);
  });

  it("says where it looked for a missing file", () => {
    const error = refused("nowhere/missing.yaml");
    assert.equal(
      error.message,
      `Config file not found: nowhere/missing.yaml (looked for ${join(folder, "nowhere/missing.yaml")})`,
    );
    assert.match(error.next ?? "", /--config/);
  });

  it("suggests the file in that folder that was probably meant", async () => {
    await mkdir(join(folder, "near/layer_config.yam"), { recursive: true });
    await write("near/layer_config.yml", "layers: {}");
    assert.match(refused("near/layer_confg.yaml").next ?? "", /^Did you mean near\/layer_config\.yml\?\nName the file/);
    assert.match(refused("near/other.yaml").next ?? "", /^Name the file/);
  });

  it("suggests the file with that name above the folder", async () => {
    await mkdir(join(folder, "mono/services/orders"), { recursive: true });
    await write("mono/shared.yaml", "layers: {}");
    const cwd = join(folder, "mono/services/orders");
    assert.match(refused("shared.yaml", cwd).next ?? "", /^Did you mean \.\.\/\.\.\/shared\.yaml\?\nName the file/);
  });

  it("reports a missing file if its folder is a file", async () => {
    await write("file", "");
    assert.match(refused("file/c.yaml").message, /^Config file not found: file\/c\.yaml/);
  });

  it("refuses a folder", () => {
    assert.equal(refused(".").describe(), "Cannot read .: it is a folder\nName a file in that folder.");
  });

  it("refuses a file that is too large, without reading it", async () => {
    const file = await write("large.yaml", "#".repeat(maxConfigBytes + 1));
    assert.equal(
      refused(file).describe(),
      `large.yaml has ${maxConfigBytes + 1} bytes, but the limit is ${maxConfigBytes}
Check that this is the config: one with 1,000 layers has about 100,000 bytes. Choose another file: --config on the command line, the property for the config file in a program.`,
    );
  });

  const encodings = {
    "Latin-1": [Buffer.from("layers: {}\n# gr\xfcn\n", "latin1"), 2],
    "UTF-16": [Buffer.from("\uFEFFlayers: {}\n", "utf16le"), 1],
  } as const;
  for (const [encoding, [bytes, line]] of Object.entries(encodings)) {
    it(`refuses ${encoding}, and says on which line`, async () => {
      const error = refused(await write(`${encoding}.yaml`, bytes));
      assert.equal(
        error.describe(),
        `Cannot read ${encoding}.yaml: line ${line} is not UTF-8 text\nSave the file as UTF-8.`,
      );
    });
  }
});

describe("a config that might never end", () => {
  let root: string;
  beforeEach(async () => {
    root = await temporaryFolder();
  });
  afterEach(() => removeFolder(root));

  it("is refused at once if it is a pipe or a device", () => {
    execFileSync("mkfifo", [join(root, "pipe")]);
    for (const file of ["pipe", "/dev/zero"])
      assert.throws(() => loadLayerConfig(file, root), {
        code: "config-invalid",
        message: `Cannot read ${file}: it is not a regular file`,
      });
  });

  it("shows at most 50 of its problems, and says how many more there are", async () => {
    const lines = Array.from({ length: 90 }, (_, index) => `key-${index}: 1`);
    await writeFile(join(root, "layer_config.yaml"), lines.join("\n"));
    assert.throws(
      () => loadLayerConfig("layer_config.yaml", root),
      (error: Error) => {
        assert.equal(error.message.match(/^layer_config\.yaml:\d+:\d+ /gm)?.length, 50);
        assert.match(error.message, /^layer_config.yaml has (\d+) problems:\n(?:.*\n)+And \d+ more, /);
        return true;
      },
    );
  });
});
