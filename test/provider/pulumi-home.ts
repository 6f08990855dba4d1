import { withEnv } from "../aws/harness";
import { removeFolder, temporaryFolder } from "../support/folders";

/** Gives each test of a suite an empty `PULUMI_HOME`, where updates keep their journals. */
export function usePulumiHome(): { readonly path: string } {
  const home = { path: "" };
  let restore: () => void;
  beforeEach(async () => {
    home.path = await temporaryFolder();
    restore = withEnv({ PULUMI_HOME: home.path });
  });
  afterEach(async () => {
    restore();
    await removeFolder(home.path);
  });
  return home;
}
