import PatchbayABI
import Wire

extension HostTable {
    // Constant once made, so any thread may read it.
    nonisolated(unsafe) static let http: UnsafePointer<pb_http> = {
        var table = pb_http()
        table.size = UInt32(MemoryLayout<pb_http>.size)
        unsafe table.fetch = { context, fetch, ticket, done, user in
            unsafe HostTable.onLane(context) { generation, service in
                guard let fetch = unsafe fetch, let done = unsafe done,
                    let asked = unsafe Asked(fetch.pointee)
                else { return PB_INVALID }
                let facts = unsafe service.facts(generation, ticket, user)
                let job = unsafe FetchJob(
                    facts,
                    asked.request,
                    now: service.fetcher.now,
                    milliseconds: asked.milliseconds,
                    most: asked.most,
                    done: done
                )
                guard service.fetcher.submit(job) else { return PB_FULL }
                service.jobs[job.number] = job
                return PB_OK
            }
        }
        return unsafe permanent(table)
    }()

    /// What a plugin asks for, checked.
    private struct Asked {
        static let longestBody = 4 << 20

        let request: ClientRequest
        let milliseconds: Int64
        let most: Int

        init?(_ fetch: pb_fetch) {
            guard unsafe fetch.size >= MemoryLayout<pb_fetch>.size, unsafe fetch.milliseconds <= 60_000,
                unsafe fetch.most <= Asked.longestBody, unsafe fetch.body.count <= Asked.longestBody,
                unsafe fetch.url.count <= WebAddress.longest, unsafe fetch.header_count <= 100,
                let address = unsafe WebAddress(fetch.url.array)
            else { return nil }
            milliseconds = unsafe fetch.milliseconds == 0 ? 10_000 : Int64(fetch.milliseconds)
            most = unsafe fetch.most == 0 ? 64 << 10 : Int(fetch.most)
            let given = unsafe UnsafeBufferPointer(
                start: fetch.headers,
                count: fetch.headers == nil ? 0 : fetch.header_count
            )
            let fields = unsafe given.map {
                unsafe ResponseField($0.name.string, $0.value.bytes.string)
            }
            let request = unsafe ClientRequest(
                method: fetch.method.string,
                address,
                fields: fields,
                body: fetch.body.array
            )
            guard let request else { return nil }
            self.request = request
        }
    }
}
