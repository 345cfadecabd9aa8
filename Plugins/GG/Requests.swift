import JSON
import PatchbayKit

/// Which request leads where, and what is answered when it fails.
extension GGService {
    static func registerRequests(_ setup: Setup<GGService>) {
        on("auth", setup, [.login, .paced]) { $0.logIn }
        on("ping", setup) { gg in { _, client in gg.pong(client) } }
        on("join", setup, .paced) { $0.join }
        on("unjoin", setup, .paced) { $0.unjoin }
        on("get_channels_list", setup, .paced) { $0.getChannelsList }
        on("get_channel_counters", setup, .paced) { $0.getCounters }
        on("get_users_list", setup, .paced) { $0.getUsersList }
        on("get_users_list2", setup, .paced) { $0.getUsersList }
        on("get_user_info", setup, .paced) { $0.getUserInfo }
        on("refresh_groups", setup, .paced) { $0.refreshGroups }
        on("get_ignore_list", setup, .paced) { $0.getIgnoreList }
        on("add_to_ignore_list", setup, .paced) { $0.ignore }
        on("del_from_ignore_list", setup, .paced) { $0.stopIgnoring }
        on("make_moderator", setup, .paced) { $0.makeModerator }
        on("clean_moderator", setup, .paced) { $0.cleanModerator }
        on("get_channel_history", setup, .paced) { $0.getHistory }
        on("send_message", setup, .counted) { $0.sendMessage }
        on("send_private_message", setup, .counted) { $0.sendPrivateMessage }
        on("remove_message", setup, .counted) { $0.removeMessage }
        on("ban", setup, .counted) { $0.ban }
        on("warn", setup, .counted) { $0.warn }
        on("new_poll", setup, .counted) { $0.newPoll }
        on("vote", setup, .counted) { $0.vote }
        on("get_poll", setup, .paced) { $0.getPoll }
        on("get_poll_results", setup, .paced) { $0.getPollResults }
        setup.onTimer("counters") { gg, key in gg.publishCounters(ofRoom: key) }
        registerFailures(setup)
    }

    private static func on(
        _ type: String,
        _ setup: Setup<GGService>,
        _ flags: MessageFlags = [],
        _ work: @escaping (GGService) -> (Request, Client) throws(Failure) -> Void
    ) {
        setup.onMessage(type, flags) { gg, message, connection in
            guard let client = gg.clients[connection] else { return }
            let request = Request(message.fields)
            do throws(Failure) {
                try work(gg)(request, client)
            } catch {
                gg.refuse(error, request, connection)
            }
        }
    }

    private static func registerFailures(_ setup: Setup<GGService>) {
        setup.onMalformed { gg, _, connection in gg.refuse(.invalidJSON, nil, connection) }
        setup.onUnknown { gg, message, connection in
            gg.refuse(.unknownType, Request(message.fields), connection)
        }
        setup.onRefused { gg, message, connection, refusal in
            let request = Request(message.fields)
            switch refusal {
            // Too long to have been read; the channel is in it all the same.
            case .size:
                gg.refuse(.tooLong, Fields(message.bytes)["data"].fields.map(Request.init), connection)
            case .rate: gg.refuse(.tooMany, request, connection)
            case .login: gg.refuse(.authorizationRequired, request, connection)
            case .store: gg.refuse(.store("the batch was not stored"), request, connection)
            }
        }
    }

    /// Answers with an error, which names the channel that the request named.
    private func refuse(_ failure: Failure, _ request: Request?, _ connection: Connection) {
        let channel = request?.channelText ?? []
        if failure.isTechnical {
            host.log(.info, "refused a request: \(failure)", ["connection": "\(connection)"])
        }
        send("error", to: connection) { writer in
            // JSON has no number that begins with a zero and goes on.
            let isNumber = channel.isDigits && (channel.count == 1 || channel.first != UInt8(ascii: "0"))
            if dialect == .original, isNumber {
                writer.member("channel_id", raw: channel)
            } else {
                writer.member("channel_id", utf8: channel)
            }
            writer.member("error_num", failure.number)
            writer.member("errorMsg", failure.text)
        }
    }

    private func pong(_ client: Client) {
        send("pong", to: client.connection) { _ in }
    }
}
