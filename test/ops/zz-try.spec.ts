import { useFleet, taggedFleet } from "/work/main/test/ops/fleet-harness";
describe("try", () => {
  const fleet = useFleet();
  it("syncs", async () => {
    fleet.emulator.seed(taggedFleet(60));
    const result = await fleet.sync();
    console.log(fleet.lines.slice(0,8), JSON.stringify(result).slice(0, 1500), result.aws.calls);
    console.log((await fleet.record()).slice(-4));
  });
});
