import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { emptySha256, sign } from "../../backup/signature";

/** Keys, requests and signatures as Amazon's description of the procedure has them. */
const signer = {
  region: "us-east-1",
  accessKey: "AKIAIOSFODNN7EXAMPLE",
  secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const now = new Date("2013-05-24T00:00:00Z");
const host = "https://examplebucket.s3.amazonaws.com";

function signatureOf(method: string, url: string, headers: Record<string, string> = {}, body = ""): string {
  const payloadSha256 = createHash("sha256").update(body).digest("hex");
  const { authorization = "" } = sign({ method, url: new URL(url), headers, payloadSha256 }, signer, now);
  return authorization;
}

describe("signs as Amazon's examples do", () => {
  test("an object that is read in part", () => {
    expect(signatureOf("GET", `${host}/test.txt`, { Range: "bytes=0-9" })).toBe(
      "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    );
  });

  test("an object that is written", () => {
    const headers = {
      Date: "Fri, 24 May 2013 00:00:00 GMT",
      "x-amz-storage-class": "REDUCED_REDUNDANCY",
    };
    expect(signatureOf("PUT", `${host}/test$file.text`, headers, "Welcome to Amazon S3.")).toContain(
      "Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
    );
  });

  test("a question without a value", () => {
    expect(signatureOf("GET", `${host}/?lifecycle`)).toContain(
      "Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
    );
  });

  test("a list", () => {
    expect(signatureOf("GET", `${host}/?max-keys=2&prefix=J`)).toContain(
      "Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    );
  });
});

test("gives what it has signed", () => {
  const url = new URL("http://storage:9000/bucket/a%20b/c%2Bd");
  expect(sign({ method: "GET", url, headers: {}, payloadSha256: emptySha256 }, signer, now)).toMatchObject({
    host: "storage:9000",
    "x-amz-content-sha256": emptySha256,
    "x-amz-date": "20130524T000000Z",
  });
});
