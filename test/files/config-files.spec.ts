import assert from "node:assert/strict";
import { chmod, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { editVersions } from "../../sdk/core/config/edit";
import { ConfigFiles } from "../../sdk/files/config-files";
import { removeFolder, temporaryFolder } from "../support/folders";

const text = "layers: {}\n";

describe("config files", () => {
  let folder: string;
  let files: ConfigFiles;
  beforeEach(async () => {
    folder = await temporaryFolder();
    files = new ConfigFiles(folder);
  });
  afterEach(() => removeFolder(folder));

  const path = (name: string) => join(folder, name);
  const mode = async (name: string) => (await stat(path(name))).mode & 0o777;

  it("are written as readable as the user's other files", async () => {
    await files.write("new.yaml", text, { replace: false });
    await writeFile(path("other.yaml"), text);
    assert.equal(await readFile(path("new.yaml"), "utf8"), text);
    assert.equal(await mode("new.yaml"), await mode("other.yaml"));
    assert.deepEqual((await readdir(folder)).sort(), ["new.yaml", "other.yaml"]);
  });

  it("are not replaced if a new one is wanted", async () => {
    await writeFile(path("there.yaml"), "old");
    const writing = files.write("there.yaml", text, { replace: false });
    await assert.rejects(writing, { code: "usage", message: "there.yaml already exists." });
    assert.equal(await readFile(path("there.yaml"), "utf8"), "old");
    assert.equal(files.exists("there.yaml"), true);
    assert.equal(files.exists("other.yaml"), false);
  });

  it("keep their mode if they are replaced, and a link stays one", async () => {
    await writeFile(path("real.yaml"), "old");
    await chmod(path("real.yaml"), 0o640);
    await symlink("real.yaml", path("link.yaml"));
    await files.write("link.yaml", text, { replace: true });
    assert.equal(await readlink(path("link.yaml")), "real.yaml");
    assert.equal(await readFile(path("real.yaml"), "utf8"), text);
    assert.equal(await mode("real.yaml"), 0o640);
  });

  it("that cannot be written are reported", async () => {
    const writing = files.write("no/such/folder.yaml", text, { replace: false });
    await assert.rejects(writing, { code: "usage", message: /^Cannot write no\/such\/folder\.yaml: .*Nothing was/ });
  });

  it("keep their byte order mark if they are edited", async () => {
    const marked = "\uFEFFlayers: { a: { version: 5 } }\r\n";
    await writeFile(path("marked.yaml"), marked);
    const edit = { path: ["layers", "a", "version"], version: 6 } as const;
    const edited = editVersions(files.readText("marked.yaml"), "marked.yaml", [edit]);
    await files.write("marked.yaml", edited, { replace: true });
    assert.deepEqual(await readFile(path("marked.yaml")), Buffer.from(marked.replace("5", "6")));
    assert.equal(files.load("marked.yaml").layers.get("a")?.fields.version, 6);
  });

  it("find the package's schema in their folder, or in one above", async () => {
    const schema = "node_modules/pulumi-lambda-layers/dist/layer-config.schema.json";
    assert.equal(files.schemaFor("layer_config.yaml"), `./${schema}`);
    await mkdir(join(folder, schema, ".."), { recursive: true });
    await writeFile(join(folder, schema), "{}");
    await mkdir(path("infra/aws"), { recursive: true });
    assert.equal(files.schemaFor("layer_config.yaml"), `./${schema}`);
    assert.equal(files.schemaFor("infra/aws/layer_config.yaml"), `../../${schema}`);
  });
});
