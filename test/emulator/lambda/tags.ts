import type {
  ListTagsRequest,
  ListTagsResponse,
  TagResourceRequest,
  UntagResourceRequest,
} from "@aws-sdk/client-lambda";
import { type Context, recordWrite } from "../context";
import { findUnqualified } from "./lookup";

export const tagOperations = {
  ListTags(input: ListTagsRequest, at: Context): ListTagsResponse {
    return { Tags: { ...findUnqualified(input.Resource, at, "ListTags").fn.tags } };
  },

  TagResource(input: TagResourceRequest, at: Context): undefined {
    const { fn, name } = findUnqualified(input.Resource, at, "TagResource");
    const before = fn.tags;
    fn.tags = { ...before, ...input.Tags };
    recordWrite(at, "TagResource", name, before, fn.tags);
  },

  UntagResource(input: UntagResourceRequest, at: Context): undefined {
    const { fn, name } = findUnqualified(input.Resource, at, "UntagResource");
    const before = fn.tags;
    fn.tags = Object.fromEntries(Object.entries(before).filter(([key]) => !input.TagKeys?.includes(key)));
    recordWrite(at, "UntagResource", name, before, fn.tags);
  },
};
