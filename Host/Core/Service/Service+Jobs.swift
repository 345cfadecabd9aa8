import PatchbayABI

// What a plugin has asked for and is told later, and what becomes of it when a generation ends.
extension Service {
    /// About something that a plugin asks for, for whatever is being handled.
    func facts(_ generation: Generation, _ ticket: UInt64, _ context: UnsafeMutableRawPointer?)
        -> HostJob.Facts
    {
        lastJob += 1
        let cause: HostJob.Cause =
            if let errand { .errand(errand) } else if handled.bits != 0 { .connection(handled) } else {
                .none
            }
        return unsafe HostJob.Facts(
            number: lastJob,
            generation: generation,
            cause: cause,
            ticket: ticket,
            context: context
        )
    }

    /// It is made: tells the plugin, if that is still the one that asked.
    func finish(_ job: HostJob) {
        guard jobs.removeValue(forKey: job.number) != nil else { return }
        switch job.cause {
        case .none: job.answer()
        case .connection(let handle):
            if isDeferred { answered.append(handle) }
            handled = handle
            job.answer()
            handled = ConnectionHandle(bits: 0)
        case .errand(let cause):
            errand = cause
            job.answer()
            errand = nil
        }
        settleClaims()
        replay()
    }

    /// The generation ends, and hears of nothing that it has asked for any more.
    func forgetJobs(of generation: Generation) {
        guard !jobs.isEmpty else { return }
        pool.forget(generation)
        fetcher.forget(generation)
        jobs = jobs.filter { $0.value.generation !== generation }
    }

    // MARK: Requests and commands

    /// Those for which the generation in force waits for something that it has asked for, oldest first.
    var interrupted: [Errand] {
        var found: [Errand] = []
        for job in jobs.values.sorted(by: { $0.number < $1.number }) where job.generation === generation {
            guard case .errand(let errand) = job.cause, !found.contains(where: { $0 === errand }) else {
                continue
            }
            found.append(errand)
        }
        return found
    }

    /// Hands on what the generation before had and could not answer, each in a batch of its own.
    func handOn(_ errands: [Errand]) {
        for errand in errands {
            for login in errand.logins { logins.withdraw(login) }
            let ticket = errand.ticket
            switch errand.kind {
            case .request(let request): perform { $0.requestAgain(request, ticket: ticket) }
            case .call(let name, let arguments): perform { $0.callAgain(name, arguments, ticket: ticket) }
            }
        }
    }
}
