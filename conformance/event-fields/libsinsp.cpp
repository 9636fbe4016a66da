// What Falco's own library shows of each event of a capture, field by field.
// libsinsp CAPTURE FIELD…: prints a line of the fields that it knows, then a line an event that ended: seconds, nanoseconds,
// thread, name and a value a field, tabs between. Bytes that are no printable ASCII are \xHH. Built on the spot by peer.ts.
#include <libsinsp/sinsp.h>
#include <libsinsp/eventformatter.h>
#include <libsinsp/filter_check_list.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

static void put(const std::string& text) {
	for(unsigned char byte : text) {
		if(byte < 0x20 || byte > 0x7e || byte == '\\') {
			std::printf("\\x%02x", byte);
		} else {
			std::putchar(byte);
		}
	}
}

int main(int argc, char** argv) {
	if(argc < 3) {
		std::fputs("libsinsp CAPTURE FIELD...\n", stderr);
		return 2;
	}
	sinsp inspector;
	sinsp_filter_check_list checks;
	std::vector<std::unique_ptr<sinsp_evt_formatter>> formatters;
	for(int index = 2; index < argc; index++) {
		try {
			formatters.push_back(std::make_unique<sinsp_evt_formatter>(
			        &inspector, std::string("*%") + argv[index], checks));
			std::printf("%s%s", formatters.size() == 1 ? "" : "\t", argv[index]);
		} catch(const std::exception&) {
			// A newer field, or one of a plugin.
		}
	}
	std::putchar('\n');
	try {
		inspector.open_savefile(argv[1]);
	} catch(const std::exception& error) {
		std::fprintf(stderr, "%s\n", error.what());
		return 1;
	}
	for(;;) {
		sinsp_evt* event = nullptr;
		const int32_t result = inspector.next(&event);
		if(result == SCAP_EOF) {
			return 0;
		}
		if(result == SCAP_TIMEOUT || result == SCAP_FILTERED_EVENT) {
			continue;
		}
		if(result != SCAP_SUCCESS) {
			std::fprintf(stderr, "%s\n", inspector.getlasterr().c_str());
			return 1;
		}
		if(event->get_direction() != SCAP_ED_OUT) {
			continue;
		}
		const uint64_t time = event->get_ts();
		std::printf("%llu\t%llu\t%lld\t%s",
		            static_cast<unsigned long long>(time / 1000000000),
		            static_cast<unsigned long long>(time % 1000000000),
		            static_cast<long long>(event->get_tid()),
		            event->get_name());
		for(const auto& formatter : formatters) {
			std::string text;
			formatter->tostring(event, text);
			std::putchar('\t');
			put(text);
		}
		std::putchar('\n');
	}
}
