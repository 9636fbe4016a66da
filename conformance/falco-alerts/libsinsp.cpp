// Which events of a capture Falco's own library holds each condition for.
// libsinsp CAPTURE CONDITIONS: a condition a line, macros and lists put in. Prints `refused LINE WHY` for each that it does not
// take, then, for each event that ended and each condition that held, `LINE SECONDS NANOSECONDS THREAD NAME`, tabs between.
// libsinsp parameters: prints how many parameters it knows of each type of event.
// Built on the spot by peer.ts.
#include <libsinsp/sinsp.h>
#include <libsinsp/filter.h>
#include <libsinsp/filter/parser.h>
#include <libsinsp/filter/ppm_codes.h>
#include <libsinsp/filter_check_list.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

struct rule {
	size_t line;
	std::unique_ptr<sinsp_filter> filter;
};

static int parameters() {
	sinsp inspector;
	const auto* table = inspector.get_event_info_tables()->m_event_info;
	for(int code = 0; code < PPM_EVENT_MAX; code++) {
		std::cout << (code == 0 ? "[" : ",") << table[code].nparams;
	}
	std::cout << "]\n";
	return 0;
}

int main(int argc, char** argv) {
	if(argc == 2 && std::string(argv[1]) == "parameters") {
		return parameters();
	}
	if(argc != 3) {
		std::cerr << "libsinsp CAPTURE CONDITIONS | parameters\n";
		return 2;
	}
	sinsp inspector;
	// Names of hosts are asked of nobody.
	inspector.set_hostname_and_port_resolution_mode(false);
	sinsp_filter_check_list fields;
	auto factory = std::make_shared<sinsp_filter_factory>(&inspector, fields);
	std::vector<rule> rules;
	std::vector<std::vector<size_t>> by_type(PPM_EVENT_MAX);
	std::ifstream conditions(argv[2]);
	std::string text;
	for(size_t line = 0; std::getline(conditions, text); line++) {
		try {
			libsinsp::filter::parser parser(text);
			auto tree = parser.parse();
			sinsp_filter_compiler compiler(factory, tree.get());
			rules.push_back({line, compiler.compile()});
			for(auto code : libsinsp::filter::ast::ppm_event_codes(tree.get())) {
				by_type[code].push_back(rules.size() - 1);
			}
		} catch(const std::exception& error) {
			std::string why = error.what();
			for(char& each : why) {
				each = each == '\n' || each == '\t' ? ' ' : each;
			}
			std::cout << "refused\t" << line << "\t" << why << "\n";
		}
	}
	try {
		inspector.open_savefile(argv[1]);
	} catch(const std::exception& error) {
		std::cerr << error.what() << "\n";
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
			std::cerr << inspector.getlasterr() << "\n";
			return 1;
		}
		if(event->get_direction() != SCAP_ED_OUT) {
			continue;
		}
		for(size_t index : by_type[event->get_type()]) {
			if(rules[index].filter->run(event)) {
				const uint64_t time = event->get_ts();
				std::cout << rules[index].line << "\t" << time / 1000000000 << "\t" << time % 1000000000
				          << "\t" << event->get_tid() << "\t" << event->get_name() << "\n";
			}
		}
	}
}
