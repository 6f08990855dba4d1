import { describeOnMoto, startMoto } from "../support/moto";
import { startEmulator } from ".";
import { Aws, type Case } from "./conformance/aws";
import { functionCases } from "./conformance/functions";
import { layerCases } from "./conformance/layers";
import { serviceCases } from "./conformance/services";
import { versionCases } from "./conformance/versions";

interface Server {
  url: string;
  stop(): Promise<void>;
}

const GROUPS: Record<string, Case[]> = {
  functions: functionCases,
  layers: layerCases,
  "versions and aliases": versionCases,
  "other services": serviceCases,
};

/** Runs all cases on one server, through the real SDK. */
function conforms(kind: Aws["kind"], start: () => Promise<Server>): void {
  let server: Server;
  let aws: Aws;

  before(async function () {
    this.timeout(600_000); // installs moto the first time
    server = await start();
    aws = new Aws(kind, server.url);
  });

  after(async () => {
    aws?.destroy();
    await server?.stop();
  });

  for (const [group, cases] of Object.entries(GROUPS)) {
    describe(group, () => {
      for (const { title, differs, run } of cases) {
        it(differs && kind === "moto" ? `${title} (${differs})` : title, () => run(aws));
      }
    });
  }
}

describe("conformance of the emulator", () => {
  conforms("ours", async () => {
    const emulator = await startEmulator({ updateDelayMs: 0 });
    return { url: emulator.url, stop: () => emulator.close() };
  });
});

describeOnMoto("conformance of moto", (python) => conforms("moto", () => startMoto(python)));
