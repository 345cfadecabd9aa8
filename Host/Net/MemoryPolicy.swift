import CLinux

/// How the C library keeps memory that was freed.
package enum MemoryPolicy {
    /// Blocks of 8 MB and more are the system's again when they are freed. Otherwise the library would raise that bound
    /// with the first of them to be freed, and keep the next.
    package static func returnLargeBlocks() { _ = mallopt(Int32(MMAP_THRESHOLD), 8 << 20) }
}
