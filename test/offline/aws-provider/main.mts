// A stand-in for the AWS provider's plugin, for machines where the real one cannot be downloaded. It serves what tests
// and the demo need of Lambda and IAM to the real `@pulumi/aws` classes, with the states and errors that the real
// provider's Terraform bridge leaves behind.

import module from "node:module";
import process from "node:process";

// Each Pulumi command starts this process anew: compiled code is kept between runs.
module.enableCompileCache();

// The engine holds the other end of our standard input. It ends when the engine is gone, however it went.
process.stdin.on("end", () => process.exit(0)).resume();

const { serve } = await import("./server.mts");
process.stdout.write(`${await serve()}\n`);
