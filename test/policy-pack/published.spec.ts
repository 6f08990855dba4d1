import assert from "node:assert/strict";
import { once } from "node:events";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { version } from "../../package.json";
import { itSampled } from "../support/counts";
import { checkout, createProject, linkModules, type Project } from "../support/engine";
import { run } from "../support/processes";
import { awsFunction, layer, stateOf } from "../support/states";

const packFolder = join(checkout, "policy-pack");

async function json(path: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(path, "utf8"));
}

describe("the policy pack wherever it runs", function () {
  this.timeout(120_000);
  let project: Project;
  before(async () => {
    project = await createProject({
      typeCheck: true,
      files: {
        "layer_config.yaml": "layers: { base: { version: 5 } }\n",
        "export.json": stateOf([awsFunction("api", [layer("base", 1)])]),
      },
    });
  });
  after(() => project.dispose());

  async function expectItWorks(pack: string): Promise<void> {
    const { code, output } = await project.pulumi([
      "policy",
      "analyze",
      "--file",
      "export.json",
      "--policy-pack",
      pack,
    ]);
    assert.notEqual(code, 0);
    assert.match(output, new RegExp(`pulumi-lambda-layers@v${version}.*\\n.*layer-version-pinned`));
    assert.match(output, /Function api: Layer base version 1 -> 5\s+layer_config\.yaml:1:28 declares version 5/);
  }

  it("has the version and the dependencies of the package", async () => {
    const [own, whole] = await Promise.all([packFolder, checkout].map((folder) => json(join(folder, "package.json"))));
    const dependencies = whole?.dependencies as Record<string, string>;
    assert.equal(own?.version, whole?.version);
    assert.deepEqual(own?.dependencies, {
      "@pulumi/policy": dependencies["@pulumi/policy"],
      "@pulumi/pulumi": dependencies["@pulumi/pulumi"],
      "pulumi-lambda-layers": `^${whole?.version}`,
    });
  });

  it("runs unchanged from an installed package", async () => {
    const installed = join(project.dir, "node_modules", "other", "node_modules", "pulumi-lambda-layers");
    const { stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: checkout,
      env: process.env,
    });
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    for (const { path } of files) await cp(join(checkout, path), join(installed, path));
    await expectItWorks(join(installed, "policy-pack"));
  });

  itSampled("runs as part of a custom pack, such as the example", async () => {
    const own = join(project.dir, "own-pack");
    await cp(join(checkout, "examples", "policy"), own, { recursive: true });
    await linkModules(own);
    const { output } = await project.pulumi(["policy", "analyze", "--file", "export.json", "--policy-pack", own]);
    assert.match(output, /our-rules@v1\.0\.0/);
    assert.match(output, /\[remediate\] {2}layer-version-pinned .*layers\]/);
    assert.match(output, /function-has-datadog[^\n]*\n[^\n]*\n\s+Add the Datadog layer/);
  });

  describe("published with `pulumi policy publish`", () => {
    let cloud: FakeCloud;
    before(async () => {
      cloud = await FakeCloud.start();
    });
    after(() => cloud.close());

    it("announces its policies to Pulumi Cloud, and runs from what was uploaded", async () => {
      const { code, output } = await project.pulumi(["policy", "publish", "acme"], {
        cwd: packFolder,
        env: { PULUMI_BACKEND_URL: cloud.url, PULUMI_ACCESS_TOKEN: "pul-0000" },
      });
      assert.equal(code, 0, output);
      const { name, versionTag, policies } = cloud.published as {
        name: string;
        versionTag: string;
        policies: Policy[];
      };
      assert.deepEqual([name, versionTag], ["pulumi-lambda-layers", version]);
      assert.deepEqual(
        policies.map((policy) => [policy.name, policy.enforcementLevel]),
        [
          ["layer-arn-valid", "mandatory"],
          ["layer-compatible", "mandatory"],
          ["layer-consistency", "advisory"],
          ["layer-count", "mandatory"],
          ["layer-declared", "advisory"],
          ["layer-duplicate", "mandatory"],
          ["layer-live-drift", "disabled"],
          ["layer-region", "mandatory"],
          ["layer-version-pinned", "mandatory"],
        ],
      );
      for (const { severity, framework, remediationSteps, tags, configSchema } of policies) {
        assert.ok(severity && framework?.name && remediationSteps && tags?.length);
        // Pulumi adds the enforcement level to each policy's settings.
        const { enforcementLevel: _, ...settings } = configSchema?.properties ?? {};
        assert.ok(Object.keys(settings).length >= 4);
        for (const setting of Object.values(settings)) assert.ok(setting.description);
      }

      const unpacked = join(project.dir, "published");
      await mkdir(unpacked);
      await writeFile(join(unpacked, "pack.tgz"), cloud.uploaded);
      await run("tar", ["xzf", "pack.tgz"], { cwd: unpacked, env: process.env });
      // Instead of the installation that Pulumi does: the package that it depends on, as built here.
      const pack = join(unpacked, "package");
      await linkModules(pack);
      await expectItWorks(pack);
    });
  });
});

interface Policy {
  name: string;
  enforcementLevel: string;
  severity?: string;
  framework?: { name: string };
  remediationSteps?: string;
  tags?: string[];
  configSchema?: { properties: Record<string, { description?: string }> };
}

/** As much of Pulumi Cloud as publishing a policy pack needs. */
class FakeCloud {
  /** What was sent about the pack. */
  published: unknown;
  uploaded: Buffer = Buffer.alloc(0);
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const answer = this.#answer(`${request.method} ${request.url}`, await buffer(request));
      response.writeHead(answer ? 200 : 404, { "content-type": "application/json" });
      response.end(JSON.stringify(answer ?? { code: 404, message: "Not Found" }));
    });
  }

  static async start(): Promise<FakeCloud> {
    const cloud = new FakeCloud();
    cloud.#server.listen(0, "127.0.0.1");
    await once(cloud.#server, "listening");
    return cloud;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(request: string, body: Buffer): object | undefined {
    switch (request) {
      case "GET /api/user":
        return { githubLogin: "tester", name: "Tester", organizations: [{ githubLogin: "acme", name: "Acme" }] };
      case "POST /api/orgs/acme/policypacks":
        this.published = JSON.parse(body.toString());
        return { version: 1, uploadURI: `${this.url}/upload`, requiredHeaders: {} };
      case "PUT /upload":
        this.uploaded = body;
        return {};
      default:
        return request.endsWith("/complete") ? {} : undefined;
    }
  }
}
