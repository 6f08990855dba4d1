import type {
  DeleteFunctionConcurrencyRequest,
  GetFunctionConcurrencyRequest,
  GetFunctionConcurrencyResponse,
  PutFunctionConcurrencyRequest,
} from "@aws-sdk/client-lambda";
import { type Context, recordWrite } from "../context";
import { findUnqualified } from "./lookup";

export const concurrencyOperations = {
  GetFunctionConcurrency(input: GetFunctionConcurrencyRequest, at: Context): GetFunctionConcurrencyResponse {
    const { fn } = findUnqualified(input.FunctionName, at, "GetFunctionConcurrency");
    return { ReservedConcurrentExecutions: fn.reservedConcurrency };
  },

  PutFunctionConcurrency(input: PutFunctionConcurrencyRequest, at: Context): GetFunctionConcurrencyResponse {
    return reserve(input.FunctionName, input.ReservedConcurrentExecutions, at, "PutFunctionConcurrency");
  },

  DeleteFunctionConcurrency(input: DeleteFunctionConcurrencyRequest, at: Context): undefined {
    reserve(input.FunctionName, undefined, at, "DeleteFunctionConcurrency");
  },
};

function reserve(reference: string | undefined, reserved: number | undefined, at: Context, operation: string) {
  const { fn, name } = findUnqualified(reference, at, operation);
  recordWrite(at, operation, name, fn.reservedConcurrency, reserved);
  fn.reservedConcurrency = reserved;
  return { ReservedConcurrentExecutions: reserved };
}
