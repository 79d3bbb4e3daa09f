import { describe, expect, test } from "vitest";
import { renderLine } from "../../cli/environment";

describe("the line for a shell", () => {
  const plain = { variables: { A: "it's $HOME" }, folders: ["/opt/tools"] };

  test("is read by sh", () => {
    expect(renderLine(plain, "sh")).toBe(String.raw`export A='it'\''s $HOME' PATH="$PATH"':/opt/tools'`);
  });

  test("is read by PowerShell", () => {
    const line = `$env:A = 'it''s $HOME'; $env:PATH = $env:PATH + ':/opt/tools'`;
    expect(renderLine(plain, "powershell")).toBe(line);
  });

  test("is empty where the user has set everything", () => {
    expect(renderLine({ variables: {}, folders: [] }, "sh")).toBe("");
  });
});
