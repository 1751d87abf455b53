/** The part of Node's WebAssembly that the scanner uses: TypeScript knows it only of browsers (WebAssembly JavaScript Interface 2.0). */
declare namespace WebAssembly {
  class Module {
    private readonly compiled;
    constructor(bytes: Uint8Array<ArrayBuffer>);
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
  }
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, Memory>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
}
