// A stand-in for the AWS provider's plugin, for machines that cannot download the real one. It gives the real
// `@pulumi/aws` classes what tests and the demo need of Lambda and IAM, with the states and errors that the real
// provider's Terraform bridge produces.

import module from "node:module";
import process from "node:process";

// Each Pulumi command starts this process anew: compiled code is kept between runs.
module.enableCompileCache();

// The engine holds the other end of our standard input, which closes when the engine is gone, for whatever reason.
process.stdin.on("end", () => process.exit(0)).resume();

const { serve } = await import("./server.mts");
process.stdout.write(`${await serve()}\n`);
