import JSON
import PatchbayKit

/// The administration commands.
extension FireService {
    static func registerAdministration(_ setup: Setup<FireService>) {
        let name = Parameter.required("name", "of a name space")
        setup.onCommand("namespace.list", summary: "The name spaces, and who is connected") { fire, call in
            fire.list(call)
        }
        setup.onCommand(
            "namespace.remove",
            summary: "Removes a name space with its states and permissions, and ends its connections",
            parameters: [name]
        ) { fire, call throws(AdministrationError) in
            let space = try fire.space(call)
            try AdministrationError.catching { () throws(StoreError) in try fire.spaces.remove(space) }
            fire.endConnections(of: space.id)
            call.answer { $0.member("name", utf8: space.name) }
        }
        setup.onCommand(
            "namespace.rekey",
            summary: "Gives a name space another secret key, which is shown once; connections stay",
            parameters: [name]
        ) { fire, call throws(AdministrationError) in
            let space = try fire.space(call)
            let key = UUID.make(fire.secrets)
            try AdministrationError.catching { () throws(StoreError) in try fire.spaces.rekey(space, key) }
            call.answer { writer in
                writer.member("name", utf8: space.name)
                writer.member("secretKey", utf8: key)
            }
        }
    }

    /// The name space that the call names.
    private func space(_ call: Call) throws(AdministrationError) -> NameSpace {
        let name = call["name"] ?? ""
        guard let space = spaces[Array(name.utf8)] else {
            throw .missing("there is no name space \"\(name)\"")
        }
        return space
    }

    private func endConnections(of space: NameSpace.ID) {
        let browsers = visitors.filter { $0.value.space == space }.map(\.key)
        let servers = backEnds.filter { $0.value == space }.map(\.key)
        for connection in browsers + servers {
            host.close(connection, code: 1008, reason: "the name space was removed")
        }
    }

    /// `[{"name":"site","backEnds":1,"browsers":20}]`, by name.
    private func list(_ call: Call) {
        let browsers = visitors.values.reduce(into: [:]) { $0[$1.space, default: 0] += 1 }
        let backEnds = backEnds.values.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        call.answer(spaces.all) { space, writer in
            writer.member("name", utf8: space.name)
            writer.member("backEnds", backEnds[space.id] ?? 0)
            writer.member("browsers", browsers[space.id] ?? 0)
        }
    }
}
